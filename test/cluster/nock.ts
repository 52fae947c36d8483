import './promise-with-resolvers.ts';
import nock from 'nock';

export { nock };
