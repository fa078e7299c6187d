/** The function app: importing a function registers it. */
import './nimbus-tasks.ts';
import './nimbus-scheduler-entries.ts';
import './acd-callbacks.ts';
import './health.ts';
import './route-events.ts';
import './deliver-acd.ts';
import './deliver-crm.ts';
import './deliver-lucs.ts';
import './deliver-nimbus.ts';
import './keep-nimbus-webhooks.ts';
import './watch-nimbus-silence.ts';
