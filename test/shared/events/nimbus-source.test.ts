import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nimbusSource } from '../../../shared/events/nimbus-source.ts';
import { anyCasing } from '../../helpers/casing.ts';

describe('nimbusSource', () => {
  it.each([
    [undefined, '/nimbus'],
    ['servicedesk@litware.example', '/nimbus/servicedesk@litware.example'],
    ['5E0D3A01-41C7', '/nimbus/5e0d3a01-41c7'],
    ['Büro/Süd ?#', '/nimbus/b%C3%BCro%2Fs%C3%BCd%20%3F%23'],
  ])('makes %j into %s', (service, source) => {
    expect(nimbusSource(service)).toBe(source);
  });

  it('is the same for any casing of a service', () => {
    const upn = fc.stringMatching(/^[a-z0-9.]{1,20}@[a-z0-9.]{1,20}$/);
    fc.assert(
      fc.property(upn, anyCasing, (service, casing) => {
        expect(nimbusSource(casing(service))).toBe(`/nimbus/${service}`);
      }),
    );
  });

  it('is a URI reference for any text, halves of surrogate pairs included', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
        (service) => {
          expect(nimbusSource(service)).toMatch(/^\/nimbus\/(?:[\w.!~*'()@-]|%[\dA-F]{2})+$/);
        },
      ),
    );
  });
});
