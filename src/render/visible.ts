// Control characters, line separators, characters that turn the writing direction, and halves of surrogate pairs:
// a terminal or a reviewer must never be steered by a name that somebody wrote into a YAML file.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]/gu;

const shown = (character: string): string => {
  if (character === '\t') return '\\t';
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/** Replaces every character that could move the cursor, change colours or hide text by a visible escape (`\x1b`). */
export const visible = (text: string): string => text.replace(UNSAFE, shown);

/** The same for a text of several lines: line breaks stay. */
export const visibleLines = (text: string): string[] =>
  text
    .replace(/(\r?\n)+$/, '')
    .split(/\r?\n/)
    .map(visible);
