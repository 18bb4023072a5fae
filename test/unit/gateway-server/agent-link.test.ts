import type { AgentEvents } from '../../../gateway-server/agent-link.ts';
import { type AgentWish, agentLinkContract, type LinkedAgent } from '../../support/agent-link-contract.ts';
import { type FakeAgent, FakeAgentLink } from '../../support/fake-agent-link.ts';

agentLinkContract(async (events: AgentEvents) => {
  const link = new FakeAgentLink();
  link.reportTo(events);
  const logIn = async ({
    willSession = null,
    ...wish
  }: Omit<AgentWish, 'willSession'> & { willSession?: number | null }) => {
    const agent = link.logIn({ ...wish, willSession });
    return typeof agent === 'string' ? agent : linked(agent);
  };
  return { link, logIn, stop: async () => undefined };
});

function linked(agent: FakeAgent): LinkedAgent {
  return {
    heard: agent.heard,
    announcements: () => agent.announcements,
    isOpen: () => agent.isOpen,
    say: async (message) => agent.say(message),
    sayBytes: async (leaf, payload) => agent.sayBytes(leaf, payload),
    leave: async () => agent.leave(),
    breakOff: async () => agent.breakOff(),
  };
}
