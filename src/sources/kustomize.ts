import { execFile } from 'node:child_process';

/** What `kubectl kustomize DIR` prints, or why it fails in its own last words. */
export function renderKustomization(
  directory: string,
  cwd: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  return new Promise((resolve) => {
    execFile('kubectl', ['kustomize', directory], { cwd, maxBuffer: 1 << 29 }, (error, stdout, stderr) => {
      if (!error) return resolve({ text: stdout });
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return resolve({ problem: 'kubectl is not on the PATH' });
      const last = stderr.trim().split('\n').at(-1) ?? '';
      // Kustomize logs its error as klog does: E1122 18:49:01.242 12278 run.go:72] "command failed" err="..."
      const logged = /^[EF]\d{4} .*?\] .*? err="(.*)"$/.exec(last)?.[1]?.replace(/\\(["\\])/g, '$1');
      resolve({ problem: (logged ?? last).replace(/^error: /, '') || 'kubectl kustomize failed' });
    });
  });
}
