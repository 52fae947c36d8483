// Kinds that fill repositories and say nothing about gateways. Everything else is read: a kind that is not known may
// still hold an ignore, or prove that the input covers a namespace.
const irrelevant = new Set([
  'APIService',
  'AlertmanagerConfig',
  'Application',
  'ApplicationSet',
  'CronJob',
  'CustomResourceDefinition',
  'GrafanaDashboard',
  'HorizontalPodAutoscaler',
  'Job',
  'MutatingWebhookConfiguration',
  'NetworkPolicy',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'PodDisruptionBudget',
  'PodMonitor',
  'PriorityClass',
  'PrometheusRule',
  'ServiceMonitor',
  'StorageClass',
  'ValidatingWebhookConfiguration',
]);

/** Tells whether objects of this kind are read at all. */
export const wanted = (kind: string): boolean => !irrelevant.has(kind);
