/** True for an IPv4 or IPv6 address in text form. */
export function isIpAddress(text: string): boolean {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(text))
    return text.split('.').every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255);
  return isIpv6(text);
}

/** True for an IPv6 address in text form, without brackets or zone. */
export function isIpv6(text: string): boolean {
  if (!text.includes(':') || !/^[0-9A-Fa-f:.]+$/.test(text)) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  let count = 0;
  for (const group of groups.flat()) {
    if (group.includes('.')) {
      if (!isIpAddress(group)) return false;
      count += 2;
    } else {
      if (!/^[0-9A-Fa-f]{1,4}$/.test(group)) return false;
      count += 1;
    }
  }
  return halves.length === 2 ? count < 8 : count === 8;
}

/** True for an address that a socket can have for Envoy 1.38.3: one of IPv6 may name a zone, `fe80::1%eth0`. */
export function isSocketAddress(text: string): boolean {
  const zone = text.includes(':') ? text.search(/%./) : -1;
  return isIpAddress(zone < 0 ? text : text.slice(0, zone));
}
