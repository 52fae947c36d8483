import type { Renderer } from './report.ts';

/** The formats of a report. */
export type Format = 'text' | 'json' | 'yaml' | 'sarif' | 'junit' | 'github' | 'gitlab' | 'markdown';

/** The formats that list infos only when asked to (`listed`; test/cli/reports.test.ts holds them together); what programs read leaves nothing out. */
export const FOR_PEOPLE: ReadonlySet<Format> = new Set(['text', 'github', 'markdown']);

/** Every format with its renderer, which is loaded when it is asked for. */
export const RENDERERS: Readonly<Record<Format, () => Promise<Renderer>>> = {
  text: async () => (await import('./text.ts')).renderText,
  json: async () => (await import('./json.ts')).renderJson,
  yaml: async () => (await import('./yaml.ts')).renderYaml,
  sarif: async () => (await import('./sarif.ts')).renderSarif,
  junit: async () => (await import('./junit.ts')).renderJunit,
  github: async () => (await import('./github.ts')).renderGithub,
  gitlab: async () => (await import('./gitlab.ts')).renderGitlab,
  markdown: async () => (await import('./markdown.ts')).renderMarkdown,
};
