import type { Modality } from './create-task-request.ts';

/** The services and agents of the simulated LUCS. People, addresses and numbers are fictitious. */

export interface LucsService {
  readonly Id: string;
  readonly DisplayName: string;
  readonly SipUri: string;
  readonly TelNumber: string;
  /** Callbacks need a service that may call out. */
  readonly DirectionType: 'Inbound' | 'InboundOutbound';
}

/** An agent as a task shows it once it is reserved. */
export interface LucsAgent {
  readonly Id: string;
  readonly DisplayName: string;
  readonly OrganizationUnitName: string;
  readonly SipUri: string;
  readonly UserPrincipalName: string;
  readonly SecurityIdentifier: string;
  readonly SamAccountName: string;
  readonly AgentProfileName: string;
}

/** What an agent is doing, as far as distribution looks at it. */
export interface AgentStatus {
  readonly selectable: boolean;
  /** Agent Assistant runs on the agent's computer; without it LUCS cannot set the agent to RONA for a task. */
  readonly agentAssistant: boolean;
  /** The agent missed an offer and gets no more until somebody sets this back. */
  readonly onRona: boolean;
}

/** An agent with the work that may be given to it. */
export interface SeededAgent {
  readonly agent: LucsAgent;
  readonly serviceIds: readonly string[];
  readonly modalities: readonly Modality[];
  readonly status: AgentStatus;
}

export const supportServiceId = '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f';
export const salesServiceId = '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70';
export const frontDeskServiceId = '7e4c1b20-8c77-4e70-9b20-3c4d5e6f7081';

export const lucsServices: readonly LucsService[] = [
  {
    Id: supportServiceId,
    DisplayName: 'Support',
    SipUri: 'sip:support@corp.example',
    TelNumber: '+441632960700',
    DirectionType: 'InboundOutbound',
  },
  {
    Id: salesServiceId,
    DisplayName: 'Sales',
    SipUri: 'sip:sales@corp.example',
    TelNumber: '+441632960701',
    DirectionType: 'InboundOutbound',
  },
  {
    Id: frontDeskServiceId,
    DisplayName: 'Front Desk',
    SipUri: 'sip:front.desk@corp.example',
    TelNumber: '+441632960702',
    DirectionType: 'Inbound',
  },
];

const allModalities: readonly Modality[] = ['Im', 'Audio', 'Video', 'DesktopSharing', 'ConversationContext'];

export const lucsAgents: readonly SeededAgent[] = [
  {
    agent: agent('a7c1d2e3-0f14-4b25-8c36-9d47e058f169', 'Anna Berg', 'a.berg', 1101),
    serviceIds: [supportServiceId, salesServiceId],
    modalities: allModalities,
    status: { selectable: true, agentAssistant: true, onRona: false },
  },
  {
    agent: agent('b8d2e3f4-1025-4c36-8d47-0e58f169a27b', 'Tom Reyes', 't.reyes', 1102),
    serviceIds: [supportServiceId, salesServiceId],
    modalities: allModalities,
    status: { selectable: true, agentAssistant: false, onRona: false },
  },
  {
    agent: agent('c9e3f405-2136-4d47-9e58-1f69a27b38c8', 'Lia Novak', 'l.novak', 1103),
    serviceIds: [salesServiceId, frontDeskServiceId],
    modalities: ['Im', 'Audio', 'ConversationContext'],
    status: { selectable: false, agentAssistant: true, onRona: false },
  },
];

function agent(id: string, displayName: string, login: string, relativeId: number): LucsAgent {
  return {
    Id: id,
    DisplayName: displayName,
    OrganizationUnitName: 'Customer Service',
    SipUri: `sip:${login}@corp.example`,
    UserPrincipalName: `${login}@corp.example`,
    SecurityIdentifier: `S-1-5-21-1004336348-1177238915-682003330-${relativeId}`,
    SamAccountName: login,
    AgentProfileName: 'Standard',
  };
}
