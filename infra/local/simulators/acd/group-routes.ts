import type { FastifyInstance } from 'fastify';
import { type AcdRecord, AcdRefusal, fullList, shortList } from './envelopes.ts';
import type { AcdGroup } from './seed.ts';

/** Groups of the tenant: all, by id, and by a part of the name. */
export function registerGroupRoutes(scope: FastifyInstance, groups: readonly AcdGroup[]): void {
  scope.get('/acd/groups', async () => {
    const byName = [...groups].sort((a, b) => a.name.localeCompare(b.name));
    return fullList(byName.map(represent), 'Name');
  });

  scope.get<{ Params: { id: string } }>('/acd/groups/group/:id(^\\d+$)', async (request) => {
    const group = groups.find(({ id }) => id === Number(request.params.id));
    if (group === undefined) throw new AcdRefusal(404, 'ACD group not found');
    return shortList([represent(group)]);
  });

  scope.get<{ Querystring: { name?: string } }>('/acd/groups/group', async (request) => {
    const { name } = request.query;
    if (name === undefined) throw new AcdRefusal(400, 'Missing parameter: name');
    const part = name.toLowerCase();
    return shortList(groups.filter((group) => group.name.toLowerCase().includes(part)).map(represent));
  });
}

/** A few columns of a very wide database row. */
function represent(group: AcdGroup): AcdRecord {
  return {
    ID: group.id,
    Name: group.name,
    DistributionAlgorithmID: group.distributionAlgorithmId,
    ServiceLevelSeconds: group.serviceLevelSeconds,
    QueueMusicID4Sec: -1,
    SupervisorAggregationSkill5ID: null,
    QueueOffhookAnnouncementID: null,
    TarifAnnouncementWavesID: null,
    bPositionAnnouncement3: false,
    bCallRedirectionAfterNumberAnnouncement: false,
  };
}
