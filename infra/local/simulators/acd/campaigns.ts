import { type Campaign, diallerCampaigns } from './dialler-seed.ts';
import { AcdRefusal } from './envelopes.ts';

const firstNewCampaignId = 552;
const firstNewResultCodeId = 3_161;

/** The dialler campaigns of the tenant. */
export class Campaigns {
  #campaigns: readonly Campaign[] = diallerCampaigns;
  #nextCampaignId = firstNewCampaignId;
  #nextResultCodeId = firstNewResultCodeId;

  all(): readonly Campaign[] {
    return this.#campaigns;
  }

  /** Throws 404. */
  get(id: number): Campaign {
    return existing(this.#campaigns.find((campaign) => campaign.id === id));
  }

  /** By the whole name, exactly. Throws 404. */
  named(name: string): Campaign {
    return existing(this.#campaigns.find((campaign) => campaign.name === name));
  }

  /**
   * Copies everything but the contacts; result codes get new ids. Throws 404 for a source that does not exist, 409 for
   * a destination that does.
   */
  clone(source: string, destination: string, userData: string | null): Campaign {
    const template = this.named(source);
    if (this.#campaigns.some(({ name }) => name === destination)) {
      throw new AcdRefusal(409, 'Dialler campaign already exists');
    }
    const resultCodes = template.resultCodes.map((code) => ({ ...code, id: this.#nextResultCodeId++ }));
    const campaign = { ...template, id: this.#nextCampaignId++, name: destination, userData, resultCodes };
    this.#campaigns = [...this.#campaigns, campaign];
    return campaign;
  }

  delete(campaign: Campaign): void {
    this.#campaigns = this.#campaigns.filter(({ id }) => id !== campaign.id);
  }

  /** Back to the seeded campaigns. */
  reset(): void {
    this.#campaigns = diallerCampaigns;
    this.#nextCampaignId = firstNewCampaignId;
    this.#nextResultCodeId = firstNewResultCodeId;
  }
}

function existing(campaign: Campaign | undefined): Campaign {
  if (campaign === undefined) throw new AcdRefusal(404, 'Dialler campaign not found');
  return campaign;
}
