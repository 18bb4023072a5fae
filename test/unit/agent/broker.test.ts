import { describe } from 'vitest';
import type { Broker } from '../../../agent/broker.ts';
import { brokerContract, RIGHT_SECRET } from '../../support/agent-broker-contract.ts';
import { FakeBroker } from '../../support/agent-fake-broker.ts';

describe('the fake broker', () => {
  brokerContract(async () => {
    const fake = new FakeBroker();
    const broker: Broker = {
      connect: (logIn, events, signal) => {
        fake.moods = [logIn.secret === RIGHT_SECRET ? 'accept' : 'reject'];
        return fake.connect(logIn, events, signal);
      },
    };
    return {
      broker,
      published: () => fake.published,
      send: (topic, payload) => fake.link.deliverRaw(topic, payload),
      dropAll: () => fake.link.breakDown(),
      stop: async () => undefined,
    };
  });
});
