import { Readable } from 'node:stream';

/**
 * The two parts with which aedes would carry messages from client to client and keep them. Agents speak only with the
 * gateway and every session is a clean one, so nothing is carried and nothing is kept: no agent can reach another one,
 * and none can fill the gateway's memory.
 */

type Done = (error?: Error | null) => void;

/** In the place of aedes' message emitter. */
export const forgetfulEmitter = {
  emit: (_packet: object, done?: Done) => done?.(null),
  on: (_topic: string, _listener: unknown, done?: Done) => done?.(),
  removeListener: (_topic: string, _listener: unknown, done?: Done) => done?.(),
  close: (done?: Done) => done?.(),
};

const nothing = () => Promise.resolve(undefined);
const noList = () => Promise.resolve([]);
const noStream = () => Readable.from([]);

/** In the place of aedes' memory of subscriptions, retained messages, wills and packets in flight. */
export const forgetfulPersistence = {
  setup: async () => undefined,
  addSubscriptions: nothing,
  removeSubscriptions: nothing,
  cleanSubscriptions: nothing,
  subscriptionsByClient: noList,
  subscriptionsByTopic: noList,
  storeRetained: nothing,
  createRetainedStreamCombi: noStream,
  outgoingEnqueue: nothing,
  outgoingEnqueueCombi: nothing,
  outgoingUpdate: nothing,
  outgoingClearMessageId: nothing,
  outgoingStream: noStream,
  cleanIncoming: nothing,
  putWill: nothing,
  delWill: nothing,
  streamWill: noStream,
};
