/**
 * What the simulators accept when a caller does not choose otherwise. They protect nothing and exist on loopback only;
 * whoever starts the simulators hands the same values to the application.
 */

export const nimbusBearerToken = 'local-nimbus-token';

export const lucsApiKey = 'local-lucs-key';

export const acdToken = 'local-acd-token';

/** The client account of the jtel system: a segment of every ACD address. */
export const acdClientsId = 7;

export const dataverseBearerToken = 'local-crm-token';

/** The account of the Enreach tenant that the relay signs in with. */
export const enreachUsername = 'relay@contoso.example';

export const enreachSecretKey = 'local-enreach-secret';

export const enreachPassword = 'local-enreach-password';
