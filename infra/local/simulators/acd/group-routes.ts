import type { FastifyInstance } from 'fastify';
import type { AcdBehaviour } from './behaviour.ts';
import { type AcdRecord, AcdRefusal, fullList, shortList } from './envelopes.ts';
import { matchesByName } from './matches-by-name.ts';
import type { AcdGroup } from './seed.ts';

/** Groups of the tenant: all, by id, and by a part of the name. */
export function registerGroupRoutes(
  scope: FastifyInstance,
  { groups, behaviour }: { groups: readonly AcdGroup[]; behaviour: () => AcdBehaviour },
): void {
  scope.get('/acd/groups', async () => {
    const byName = [...groups].sort((a, b) => a.name.localeCompare(b.name));
    return fullList(byName.map(represent), 'Name');
  });

  scope.get<{ Params: { id: string } }>('/acd/groups/group/:id(^\\d+$)', async (request) => {
    const group = groups.find(({ id }) => id === Number(request.params.id));
    if (group === undefined) throw new AcdRefusal(404, 'ACD group not found');
    return shortList([represent(group)]);
  });

  scope.get('/acd/groups/group', async (request) => {
    const found = matchesByName(request, groups, behaviour().emptyByName, 'ACD group not found');
    return shortList(found.map(represent));
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
