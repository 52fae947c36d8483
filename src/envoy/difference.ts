/** One place where a running Envoy is not as predicted. */
export interface Difference {
  readonly kind:
    | 'listener-refused'
    | 'listener-missing'
    | 'listener-warming'
    | 'listener-extra'
    | 'listener-address'
    | 'chain-missing'
    | 'chain-extra'
    | 'chain-differs'
    | 'routes-missing'
    | 'routes-extra'
    | 'host-missing'
    | 'host-extra'
    | 'host-differs'
    | 'route-differs'
    | 'secret-warming'
    | 'secret-missing'
    | 'secret-extra'
    | 'secret-differs';
  /** The part of the configuration: `listener 0.0.0.0_8443`. */
  readonly where: string;
  readonly message: string;
  readonly predicted: unknown;
  readonly actual: unknown;
}
