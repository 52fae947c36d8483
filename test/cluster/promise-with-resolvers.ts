// nock 15 calls it, and Node 20 does not have it: without it every request fails.
type Resolvers = { promise: Promise<unknown>; resolve: (value: unknown) => void; reject: (reason: unknown) => void };
const promises = Promise as unknown as { withResolvers?: () => Resolvers };

promises.withResolvers ??= () => {
  const resolvers: Partial<Resolvers> = {};
  resolvers.promise = new Promise((resolve, reject) => Object.assign(resolvers, { resolve, reject }));
  return resolvers as Resolvers;
};
