/** The services and agents of the simulated LUCS. People, addresses and numbers are fictitious. */

export interface LucsService {
  readonly Id: string;
  readonly DisplayName: string;
  readonly SipUri: string;
  readonly TelNumber: string;
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

export const lucsServices: readonly LucsService[] = [
  {
    Id: '3d0b8b57-6a55-4c5e-9f0e-1a2b3c4d5e6f',
    DisplayName: 'Support',
    SipUri: 'sip:support@corp.example',
    TelNumber: '+441632960700',
  },
  {
    Id: '5f2a9c41-7b66-4d6f-8a1f-2b3c4d5e6f70',
    DisplayName: 'Sales',
    SipUri: 'sip:sales@corp.example',
    TelNumber: '+441632960701',
  },
];

export const lucsAgents: readonly LucsAgent[] = [
  agent('a7c1d2e3-0f14-4b25-8c36-9d47e058f169', 'Anna Berg', 'a.berg', 1101),
  agent('b8d2e3f4-1025-4c36-8d47-0e58f169a27b', 'Tom Reyes', 't.reyes', 1102),
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
