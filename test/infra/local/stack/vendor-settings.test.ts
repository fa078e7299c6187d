import { describe, expect, it } from 'vitest';
import {
  acdToken,
  dataverseBearerToken,
  enreachSecretKey,
  enreachUsername,
  lucsApiKey,
  nimbusBearerToken,
} from '../../../../infra/local/simulators/credentials.ts';
import { seedDirectory } from '../../../../infra/local/simulators/enreach/directory.ts';
import { simulatorSettings, vendorsToSimulate } from '../../../../infra/local/stack/vendor-settings.ts';

describe('the vendors that are simulated', () => {
  it('are all whose address is missing or empty', () => {
    const all = ['nimbus', 'lucs', 'acd', 'crm', 'enreach'];
    expect(vendorsToSimulate({})).toEqual(all);
    expect(vendorsToSimulate({ LUCS_BASE_URL: '', ACD_TOKEN: 'secret' })).toEqual(all);
  });

  it.each([
    ['NIMBUS_BASE_URL', ['lucs', 'acd', 'crm', 'enreach']],
    ['LUCS_BASE_URL', ['nimbus', 'acd', 'crm', 'enreach']],
    ['ACD_BASE_URL', ['nimbus', 'lucs', 'crm', 'enreach']],
    ['CRM_BASE_URL', ['nimbus', 'lucs', 'acd', 'enreach']],
    ['ENREACH_USERNAME', ['nimbus', 'lucs', 'acd', 'crm']],
  ])('are not the one whose %s is set', (name, expected) => {
    expect(vendorsToSimulate({ [name]: 'vendor.example' })).toEqual(expected);
  });
});

describe('settings that lead to the simulators', () => {
  it('hold address and credential of each that runs', () => {
    const urls = {
      nimbus: 'http://n',
      lucs: 'http://l',
      acd: 'http://a/rest/v1.0/7',
      crm: 'http://c',
      enreach: 'http://e',
    };

    expect(simulatorSettings(urls)).toEqual({
      NIMBUS_BASE_URL: 'http://n',
      NIMBUS_TOKEN: nimbusBearerToken,
      LUCS_BASE_URL: 'http://l',
      LUCS_API_KEY: lucsApiKey,
      ACD_BASE_URL: 'http://a/rest/v1.0/7',
      ACD_TOKEN: acdToken,
      CRM_BASE_URL: 'http://c',
      CRM_TOKEN: dataverseBearerToken,
      ENREACH_DISCOVERY_URL: 'http://e/api/user',
      ENREACH_USERNAME: enreachUsername,
      ENREACH_SECRET_KEY: enreachSecretKey,
      RTE_SUBSCRIPTIONS: expect.stringContaining('queuesOf'),
    });
  });

  it('subscribe whatever the account of the Enreach simulator may hear of', () => {
    const { RTE_SUBSCRIPTIONS = '' } = simulatorSettings({ enreach: 'http://e' });
    expect(JSON.parse(RTE_SUBSCRIPTIONS)).toEqual([
      { queuesOf: 'me', events: '*' },
      { users: ['me'], events: '*' },
      { callLists: seedDirectory().callLists, events: '*' },
    ]);
  });

  it('leave alone what leads to a real vendor', () => {
    expect(simulatorSettings({ acd: 'http://a' })).toEqual({ ACD_BASE_URL: 'http://a', ACD_TOKEN: acdToken });
    expect(simulatorSettings({})).toEqual({});
  });
});
