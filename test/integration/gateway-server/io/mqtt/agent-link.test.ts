import { agentLinkContract } from '../../../../support/agent-link-contract.ts';
import { openBrokerLab } from '../../../../support/mqtt-broker-lab.ts';

agentLinkContract(async (events) => {
  const { broker, logIn, stop } = await openBrokerLab({ events });
  return { link: broker.link, logIn, stop };
});
