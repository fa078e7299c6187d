/** What jtel ACD posts for a callback request, with every documented field. */
export const acdCallbackBody = {
  Caller: '493023125014',
  CallbackNumber: '4917139200041',
  ServiceNumbersNumber: '493023125900',
  ServiceNumbersName: 'Service Hotline',
  AcdGroupsID: 41,
  AcdGroupsName: 'Service B2B',
  AcdGroupsForeignSystemID: 'SERVICE_B2B',
  dtCallStart: '2026-02-11T09:41:18',
  dtCallEnd: '2026-02-11T09:44:12',
  AcdEventsID: 90_244,
  Subject: 'Callback: delivery date',
  Body: 'Asked for a call in the afternoon',
};
