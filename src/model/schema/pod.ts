import { coreObject, metadata } from './roots.ts';
import { boolean, hiddenText, integer, list, open, text } from './shape.ts';

const containers = list(
  open({
    name: text,
    // People pass passwords as arguments and environment.
    args: list(hiddenText),
    env: list(open({ name: text, value: hiddenText })),
    ports: list(open({ name: text, containerPort: integer, hostPort: integer, protocol: text })),
    volumeMounts: list(open({ mountPath: text })),
    restartPolicy: text,
  }),
);

const podSpec = open({
  serviceAccountName: text,
  hostNetwork: boolean,
  containers,
  initContainers: containers,
});

/** The part of a Pod that is read. */
export const pod = coreObject({ spec: podSpec });

/** The part of an object with a pod template that is read: Deployment, DaemonSet, StatefulSet, ReplicaSet. */
export const podTemplateOwner = coreObject({ spec: open({ template: open({ metadata, spec: podSpec }) }) });
