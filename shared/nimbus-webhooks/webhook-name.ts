/** The two webhooks of Nimbus: "When a task changes state" and "When a scheduler entry changes state". */
export type WebhookName = 'task' | 'schedulerEntry';

export const webhookNames: readonly WebhookName[] = ['task', 'schedulerEntry'];

/** How a webhook is called in messages to people. */
export const webhookTitles: Readonly<Record<WebhookName, string>> = {
  task: 'tasks',
  schedulerEntry: 'scheduler entries',
};
