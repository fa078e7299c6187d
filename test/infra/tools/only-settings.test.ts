import { describe, expect, it } from 'vitest';
import { needed, onlySettings } from '../../../infra/tools/only-settings.ts';
import { ConfigurationError } from '../../../shared/errors.ts';

const lucs = { LUCS_BASE_URL: 'https://lucs.example' };

describe('onlySettings', () => {
  it('needs no settings but those asked for, and minds no others', () => {
    const config = onlySettings({ ...lucs, CRM_BASE_URL: 'nonsense', BRIDGE_TYPO: '1', ServiceBus: '' }, 'LUCS_');
    expect(config.lucs?.baseUrl).toBe('https://lucs.example');
    expect(config.crm).toBeUndefined();
  });

  it('takes storage where that is asked for', () => {
    const environment = { ...lucs, AzureWebJobsStorage: 'UseDevelopmentStorage=true' };
    expect(onlySettings(environment, 'LUCS_', 'AzureWebJobsStorage').storage).toEqual({
      connectionString: 'UseDevelopmentStorage=true',
    });
    expect(() => onlySettings(lucs, 'LUCS_', 'AzureWebJobsStorage')).toThrow(/AzureWebJobsStorage is missing/);
  });

  it('says what is wrong with those asked for', () => {
    expect(() => onlySettings({ LUCS_BASE_URL: 'nonsense' }, 'LUCS_')).toThrow(ConfigurationError);
  });
});

describe('needed', () => {
  it('gives what is there, else says what is missing', () => {
    expect(needed(0, 'X is missing')).toBe(0);
    expect(() => needed(undefined, 'X is missing')).toThrow('Settings are wrong or missing:\n  - X is missing');
  });
});
