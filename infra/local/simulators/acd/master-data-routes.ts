import type { FastifyInstance } from 'fastify';
import { type AcdRecord, AcdRefusal, fullList, shortList } from './envelopes.ts';
import { formatZonedTimestamp } from './local-time.ts';
import { type AcdServiceNumber, type AcdUser, acdServiceNumbers, acdUsers, seededAtMs } from './master-data.ts';

type ById = { Params: { id: string } };

/** Users and service numbers: all, and by id. */
export function registerMasterDataRoutes(
  scope: FastifyInstance,
  { clientsId, timeZone }: { clientsId: number; timeZone: string },
): void {
  const representUser = (user: AcdUser): AcdRecord => ({
    ID: user.id,
    UID: user.uid,
    FirstName: user.firstName,
    LastName: user.lastName,
    Email: user.email,
    TelStatusID: 0,
    ClientsID: clientsId,
  });
  const representServiceNumber = (serviceNumber: AcdServiceNumber): AcdRecord => ({
    ID: serviceNumber.id,
    Name: serviceNumber.name,
    Name2: serviceNumber.number,
    ClientsID: clientsId,
    dtLastModified: formatZonedTimestamp(seededAtMs, timeZone),
  });

  scope.get('/users', async () => {
    const byUid = acdUsers.toSorted((a, b) => a.uid.localeCompare(b.uid));
    return fullList(byUid.map(representUser), 'UID');
  });
  scope.get<ById>('/users/user/:id(^\\d+$)', async (request) => {
    const user = acdUsers.find(({ id }) => id === Number(request.params.id));
    if (user === undefined) throw new AcdRefusal(404, 'User not found');
    return shortList([representUser(user)]);
  });

  scope.get('/serviceNumbers', async () => fullList(acdServiceNumbers.map(representServiceNumber), 'Name2'));
  scope.get<ById>('/serviceNumbers/serviceNumber/:id(^\\d+$)', async (request) => {
    const serviceNumber = acdServiceNumbers.find(({ id }) => id === Number(request.params.id));
    if (serviceNumber === undefined) throw new AcdRefusal(404, 'Service number not found');
    return shortList([representServiceNumber(serviceNumber)]);
  });
}
