import { randomUUID } from 'node:crypto';
import type { Log } from '../../log.ts';
import { ArrivalLog } from './arrival-log.ts';
import { align, type Boundary } from './boundary.ts';
import { commonCutMs, type GroupTiming, quietMs, takeOverMs } from './group-timing.ts';
import type { HeldMessage } from './held-message.ts';
import type { Emit } from './identifier.ts';
import { contentKey, OccurrenceCounts, randomEpoch } from './occurrence-counts.ts';
import type { LedChange, Self } from './plan-step.ts';
import { type LostEvents, RecentEvents } from './recent-events.ts';

export interface GroupMemberOptions {
  readonly mode: 'pair' | 'standby';
  readonly emit: Emit;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** Since when the oldest event has been emitted that the bus has not confirmed; undefined: it has confirmed all. */
  readonly unconfirmedSinceMs: () => number | undefined;
  /** When the hub last showed that it lives, in milliseconds since the epoch. */
  readonly lastAliveMs: () => number | undefined;
  /** Events of a relay that died may be lost: they were more than this one could keep. */
  readonly onLost: (lost: LostEvents) => void;
  /** What a relay on standby keeps of the events that another one sends, at most. */
  readonly keptMaxBytes: number;
  readonly timing: GroupTiming;
  readonly maxHeld: number;
  readonly maxContents: number;
}

/** Without the table no epoch can be agreed on: then so many times `maxContents` are kept, and doubles risked after. */
const CONTENTS_RESERVE = 3;

/** How long a relay that begins remembers what it received, for others that begin at the same time. */
const BEGINNING_MS = 5_000;

/** Times of arrival, at which another relay that lives was there. */
export interface Covered {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** One relay's own part: what it holds, counts and sends, without a look at the table. */
export class GroupMember {
  readonly #options: GroupMemberOptions;
  readonly #recent: RecentEvents;
  #state: 'down' | 'joining' | 'synced' = 'down';
  /** Changes with every joining, so that the leader can tell who has received what since when. */
  #id = '';
  #formerIds: readonly string[] = [];
  #sinceMs = 0;
  #counts: OccurrenceCounts | undefined;
  #epochSinceMs = 0;
  #isLeader = false;
  /** Goes on without an agreement. */
  #isDetached = false;
  /** A follower identifies what comes before at once. */
  #steadyUntilMs = 0;
  /** A follower knows that a new epoch has been announced. */
  #isChanging = false;
  #held: HeldMessage[] = [];
  /** What was held when the hub was lost: the others have it, or it has to be sent. */
  #leftOver: HeldMessage[] = [];
  #change: LedChange | undefined;
  #arrivals: ArrivalLog | undefined;
  /** What was emitted until `emittedMs` may have been received long before, from `receivedMs` on. */
  #late: { readonly receivedMs: number; readonly emittedMs: number } | undefined;
  #heardUntilMs: number | undefined;

  constructor(options: GroupMemberOptions) {
    this.#options = options;
    this.#recent = new RecentEvents({
      keepMs: takeOverMs(options.timing),
      maxBytes: options.keptMaxBytes,
      onForgetting: () =>
        options.log.warn('more events wait for the relay that sends than this one can keep: the oldest are forgotten'),
    });
  }

  get state(): 'down' | 'joining' | 'synced' {
    return this.#state;
  }

  get epoch(): string | undefined {
    return this.#counts?.epoch;
  }

  get isSending(): boolean {
    return this.#state === 'synced' && (this.#options.mode === 'pair' || this.#isLeader || this.#isDetached);
  }

  /** See {@link IdentifierStatus.forgotten}. */
  get forgotten(): number {
    return this.#recent.forgottenCount;
  }

  /** Until when it heard the hub, once it has lost it. */
  get heardUntilMs(): number | undefined {
    return this.#heardUntilMs;
  }

  get held(): number {
    return this.#held.length + this.#leftOver.length;
  }

  /** Whether it waits for others, or others may wait for it. */
  get isWaiting(): boolean {
    return this.#state === 'joining' || this.held > 0 || this.#change !== undefined || this.#formerIds.length > 0;
  }

  /** The ids under which the group may still know it, without the present one. */
  get formerIds(): readonly string[] {
    return this.#formerIds;
  }

  /** The group no longer knows these. */
  forget(ids: readonly string[]): void {
    this.#formerIds = this.#formerIds.filter((id) => !ids.includes(id));
  }

  /** Undefined while the hub is lost. */
  self(): Self | undefined {
    if (this.#state === 'down') return undefined;
    const nowMs = this.#options.clock();
    this.#followOwnChange(nowMs);
    this.#dropOldArrivals(nowMs);
    const { timing, maxContents } = this.#options;
    return {
      id: this.#id,
      state: this.#state,
      epoch: this.#counts?.epoch,
      isLeader: this.#isLeader,
      sinceMs: this.#sinceMs,
      change: this.#change,
      wantsNewEpoch: nowMs - this.#epochSinceMs > timing.epochMs || (this.#counts?.size ?? 0) > maxContents,
      formerIds: this.#formerIds,
      confirmedMs: this.#confirmedMs(nowMs),
    };
  }

  /** What the leader says of itself. */
  noteConfirmed(confirmedMs: number | undefined): void {
    const { clock, timing } = this.#options;
    // This relay may have received the same a little earlier, by its own clock.
    this.#recent.confirm(confirmedMs === undefined ? undefined : confirmedMs - quietMs(timing), clock());
  }

  receive(message: HeldMessage): void {
    if (this.#change !== undefined) this.#followOwnChange(message.receivedAtMs);
    if (this.#counts === undefined || !this.#identifiesAtOnce(message.receivedAtMs)) {
      this.#hold(message);
      return;
    }
    this.#identify(message, this.#counts);
    if (this.#counts.size > this.#options.maxContents * (1 + CONTENTS_RESERVE)) {
      this.#options.log.warn('too many contents to count without the other relays: this one begins anew');
      this.#drop();
      this.#count(new OccurrenceCounts(randomEpoch()));
    }
  }

  /** What comes from now on is all there is; what is held stays so. */
  join(): void {
    this.#forgetAgreement();
    this.#state = 'joining';
    this.#id = randomUUID();
    this.#sinceMs = Math.min(this.#options.clock(), this.#held[0]?.receivedAtMs ?? Number.POSITIVE_INFINITY);
  }

  /** Messages are missed from now on. */
  leave(): void {
    // Unless a new epoch is under way, what is held counts on as it would have.
    if (this.#counts !== undefined && !this.#isChanging) this.#release(this.#counts);
    this.#forgetAgreement();
    if (this.#state === 'synced') this.#heardUntilMs = this.#options.lastAliveMs() ?? this.#options.clock();
    this.#state = 'down';
    this.#leftOver.push(...this.#held.splice(0));
  }

  /** Counts anew from all that it has, and leads. */
  begin(epoch: string): void {
    const counts = new OccurrenceCounts(epoch);
    // A relay that was synced has sent what it received earlier, and has no notes of it.
    const fromMs = this.#state === 'joining' ? this.#sinceMs : this.#held[0]?.receivedAtMs;
    this.#drop();
    this.#arrivals = new ArrivalLog(fromMs ?? this.#options.clock());
    this.#count(counts);
    this.#lead(counts);
  }

  /** Leads in the present epoch. */
  lead(): void {
    if (this.#counts === undefined) return;
    if (this.#change !== undefined) this.#drop();
    this.#lead(this.#counts);
  }

  follow(steadyUntilMs: number, isChanging: boolean): void {
    this.#isLeader = false;
    this.#isDetached = false;
    this.#drop();
    this.#isChanging = isChanging;
    this.#steadyUntilMs = steadyUntilMs;
    if (this.#counts !== undefined) this.#release(this.#counts, steadyUntilMs);
  }

  /** Follows in a new epoch, and identifies what it holds as its leader did. */
  align(boundary: Boundary, steadyUntilMs: number): void {
    const { counts, identified } = align(this.#held, boundary, this.#options.timing.spreadMs, this.#counts);
    const heldSinceMs = this.#held[0]?.receivedAtMs;
    this.#held = [];
    this.#count(counts);
    this.#steadyUntilMs = steadyUntilMs;
    for (const { message, id, isOwn } of identified) {
      if (isOwn) this.#options.emit({ ...message.event, id }, message.mergeKey);
      else this.#send(message, id);
    }
    this.#noteLate(heldSinceMs);
  }

  /** Goes on without an agreement: in the present epoch where that is likely to be the others' too. */
  detach(): void {
    if (this.#isLeader || this.#isDetached || this.#state === 'down') return;
    this.#options.log.warn('this relay goes on without asking the others', { held: this.#held.length });
    if (this.#counts === undefined || this.#isChanging) this.#count(new OccurrenceCounts(randomEpoch()));
    this.#isDetached = true;
    this.#sendRecent();
    if (this.#counts !== undefined) this.#release(this.#counts);
  }

  /**
   * Of what was left over, others have received and sent what came within `covered`. What came before it is sent with
   * new ids, and what came after as well if there is nobody to wait for.
   */
  settleLeftOver(covered: Covered | undefined): void {
    if (this.#leftOver.length === 0) return;
    const own = new OccurrenceCounts(randomEpoch());
    this.#leftOver = this.#leftOver.filter(({ event, mergeKey, contentHash, receivedAtMs }) => {
      if (covered !== undefined && receivedAtMs > covered.untilMs) return true;
      const isCovered = covered !== undefined && receivedAtMs >= covered.fromMs;
      if (!isCovered) this.#options.emit({ ...event, id: own.next(contentHash) }, mergeKey);
      return false;
    });
  }

  /** Begins to note what it receives, before others hear of the change. */
  announce(change: LedChange): void {
    this.#change = change;
    this.#arrivals ??= new ArrivalLog(change.announcedMs);
  }

  confirmAnnouncement(change: LedChange): void {
    if (this.#change === change && change.stage === 'announcing') change.stage = 'announced';
  }

  /** The boundary of the epoch that it has begun; undefined when it has not. */
  boundary(nowMs: number): Pick<Boundary, 'entries' | 'fromMs'> | undefined {
    const [change, arrivals, counts] = [this.#change, this.#arrivals, this.#counts];
    if (change?.stage !== 'begun' || arrivals === undefined || counts === undefined) return undefined;
    const { atMs } = change.announcement;
    const earliestCutMs = commonCutMs(atMs, this.#options.timing);
    const entries = arrivals.entries(atMs, nowMs, earliestCutMs, (contentHash) => counts.chainOf(contentHash));
    return { entries, fromMs: arrivals.fromMs };
  }

  /** The others know where the epoch begins. */
  finishChange(): void {
    this.#drop();
  }

  #identifiesAtOnce(receivedAtMs: number): boolean {
    if (this.#isLeader || this.#isDetached) return true;
    return this.#held.length === 0 && receivedAtMs < this.#steadyUntilMs;
  }

  #hold(message: HeldMessage): void {
    this.#held.push(message);
    if (this.#held.length <= this.#options.maxHeld) return;
    if (this.#state !== 'down') {
      this.detach();
      return;
    }
    this.#leftOver = this.#leftOver.concat(this.#held.splice(0));
    this.settleLeftOver(undefined);
  }

  #identify(message: HeldMessage, counts: OccurrenceCounts): void {
    this.#arrivals?.add(message.contentHash, message.receivedAtMs);
    this.#send(message, counts.next(message.contentHash));
  }

  #send({ event, mergeKey, receivedAtMs }: HeldMessage, id: string): void {
    const identified = { ...event, id };
    if (this.isSending) this.#options.emit(identified, mergeKey);
    else this.#recent.add(identified, mergeKey, receivedAtMs, this.#options.clock());
  }

  /** What the relay that sent until now may not have sent. */
  #sendRecent(): void {
    const { emit, clock, log, onLost } = this.#options;
    const sinceMs = this.#recent.firstMs;
    const lost = this.#recent.flush(emit, clock());
    this.#noteLate(sinceMs);
    if (lost === undefined) return;
    log.error('events of the relay that sent until now may be lost: they were too many to keep', {
      events: lost.events,
    });
    onLost(lost);
  }

  /** Events that were received from then on have been emitted just now. */
  #noteLate(receivedMs: number | undefined): void {
    if (receivedMs === undefined) return;
    const known = this.#late?.receivedMs ?? receivedMs;
    this.#late = { receivedMs: Math.min(receivedMs, known), emittedMs: this.#options.clock() };
  }

  /** The bus has confirmed what this relay received before. */
  #confirmedMs(nowMs: number): number | undefined {
    if (this.#state !== 'synced') return undefined;
    if (!this.isSending) return this.#recent.confirmedMs;
    const sinceMs = this.#options.unconfirmedSinceMs() ?? Number.POSITIVE_INFINITY;
    if (this.#late !== undefined && sinceMs > this.#late.emittedMs) this.#late = undefined;
    return Math.min(nowMs, sinceMs, this.#late?.receivedMs ?? nowMs, this.#held[0]?.receivedAtMs ?? nowMs);
  }

  #release(counts: OccurrenceCounts, beforeMs = Number.POSITIVE_INFINITY): void {
    const heldSinceMs = this.#held[0]?.receivedAtMs;
    const end = this.#held.findIndex(({ receivedAtMs }) => receivedAtMs >= beforeMs);
    for (const message of this.#held.splice(0, end === -1 ? this.#held.length : end)) this.#identify(message, counts);
    this.#noteLate(heldSinceMs);
  }

  #lead(counts: OccurrenceCounts): void {
    if (!this.#isLeader) this.#options.log.info('this relay leads its group', { epoch: counts.epoch });
    this.#isLeader = true;
    this.#isDetached = false;
    this.#isChanging = false;
    this.#sendRecent();
    this.#release(counts);
  }

  #count(counts: OccurrenceCounts): void {
    this.#counts = counts;
    this.#state = 'synced';
    this.#epochSinceMs = this.#options.clock();
    this.#isChanging = false;
  }

  #drop(): void {
    this.#change = undefined;
    this.#arrivals = undefined;
  }

  #forgetAgreement(): void {
    if (this.#id !== '') this.#formerIds = [...this.#formerIds, this.#id];
    this.#id = '';
    this.#counts = undefined;
    this.#isLeader = false;
    this.#isDetached = false;
    this.#isChanging = false;
    this.#steadyUntilMs = 0;
    this.#drop();
  }

  /** Counts anew from the announced moment on. */
  #followOwnChange(nowMs: number): void {
    const [change, former] = [this.#change, this.#counts];
    if (change === undefined || former === undefined) return;
    if (change.stage === 'begun' || nowMs < change.announcement.atMs) return;
    if (change.stage === 'announcing') {
      this.#drop();
      return;
    }
    change.stage = 'begun';
    const busy = (this.#arrivals?.contents() ?? []).map((hash) => [contentKey(hash), former.chainOf(hash)] as const);
    this.#count(new OccurrenceCounts(change.announcement.epoch, new Map(busy)));
  }

  #dropOldArrivals(nowMs: number): void {
    if (this.#change === undefined && nowMs - this.#epochSinceMs > BEGINNING_MS) this.#arrivals = undefined;
  }
}
