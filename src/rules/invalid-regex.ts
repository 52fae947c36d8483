import { re2Error } from '../envoy/re2.ts';
import { resourceText } from '../model/resource.ts';
import { writtenText } from '../model/written-path.ts';
import { patchObject } from './facts/commands.ts';
import { regexesOf, type WrittenRegex } from './facts/regexes.ts';
import { traitsOf } from './facts/traits.ts';
import { defineRule } from './rule.ts';

/** The admission webhook takes no longer ones. mirrors: J18. */
const longest = 1024;

export default defineRule({
  id: 'invalid-regex',
  summary: 'A regular expression is none in RE2, the dialect of Envoy',
  severity: 'error',
  inputs: ['view'],
  since: '0.1.0',
  *check({ view }) {
    for (const vs of traitsOf(view).patterned) {
      for (const found of regexesOf(vs)) {
        const { regex, path } = found;
        const why = reasonOf(found);
        if (why === null) continue;
        const isSent = regex !== '' && regex.length <= longest && !(regex === '*' && found.starIsPresence);
        const shown = regex.length > 80 ? `${regex.slice(0, 77)}...` : regex;
        yield {
          kind: 'problem',
          message: `${writtenText(vs, path).slice('spec.'.length)} of ${resourceText(vs.id)}, ${JSON.stringify(shown)}, is no regular expression of RE2: ${why}`,
          at: { resource: vs, path },
          symptom:
            `kubectl apply: admission webhook "validation.istio.io" denied the request: ${why}` +
            (isSent
              ? '. Without the webhook: Envoy rejects the routes of the port; its hosts stay as they were, and answer 404 after the next restart'
              : ''),
          remedy: remedyOf(found, (value) => patchObject(vs, 'replace', path, value)),
        };
      }
    }
  },
});

function reasonOf({ regex, starIsAllowed }: WrittenRegex): string | null {
  if (regex === '') return 'it is empty';
  if (regex === '*' && starIsAllowed) return null;
  if (regex.length > longest) return `it has ${regex.length} characters, more than ${longest}`;
  return re2Error(regex);
}

function remedyOf({ regex }: WrittenRegex, patch: (value: string) => string): string {
  if (/\(\?[=!<]/.test(regex))
    return 'RE2 has no look-around: put the exception into a route of its own before this one, or use withoutHeaders.';
  // A file pattern: `*` after nothing or after another `*`.
  const glob = regex.replace(/(^|[/.])\*+/g, '$1.*');
  if (glob !== regex && re2Error(glob) === null) return `For "anything" write .*:\n  ${patch(glob)}`;
  return 'Correct it; the syntax is described at https://github.com/google/re2/wiki/Syntax';
}
