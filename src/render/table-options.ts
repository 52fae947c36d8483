/** What a table may be narrowed to, as istioctl's flags do (H2, H13), and the moment for which certificates are judged. */
export interface TableOptions {
  readonly now: Date;
  /** Listeners on this port; 0 is no filter. */
  readonly port?: number | undefined;
  /** Listeners with this address, in any case; '' is no filter. */
  readonly address?: string | undefined;
  /** HTTP, TCP, HTTP+TCP or UNKNOWN, in any case; '' is no filter. */
  readonly type?: string | undefined;
  /** The route configuration of exactly this name; '' is no filter. */
  readonly name?: string | undefined;
}
