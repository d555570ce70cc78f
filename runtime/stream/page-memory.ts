/** How much larger a page is than the answer it came in, as long as its stream has not shown it. */
const FIRST_GROWTH = 3;
/** How slowly a smaller growth is believed: the next page may be as large again. */
const GROWTH_KEPT = 0.9;

/** What one stream holds of the memory for pages, in bytes. */
export class MemoryShare {
  /** Spoken for by reads that are under way, and by answers that have not been turned into pages. */
  reserved = 0;
  /** Pages that are queued, or taken and not applied yet. */
  held = 0;
  /** How much larger its pages are than their answers. */
  growth = FIRST_GROWTH;
}

/** Part of a share: for one read, then for the page that it brought. */
export interface Reservation {
  readonly share: MemoryShare;
  bytes: number;
  /** Size of the answer; 0 until it has come. */
  answerBytes: number;
  state: 'reserved' | 'held' | 'given up';
  /** Not counted against the limit: see `PageMemory`. */
  isBeyond: boolean;
}

/**
 * The memory for pages that have been read and not applied yet, over all streams of the process. An account without I/O.
 *
 * A stream alone may use all of it. Of several, each may hold as much as is then still free: half of it if the others need
 * nothing, and never so much that one whose destination takes nothing keeps the others from reading. A page that is larger than that
 * is admitted when its stream holds no other, one such page at a time: so at most one page is beyond the limit.
 */
export class PageMemory {
  private readonly shares = new Set<MemoryShare>();
  private used = 0;
  private beyond: Reservation | undefined;

  constructor(private readonly limitBytes: number) {}

  /** Bytes spoken for, the page beyond the limit left out. */
  get usedBytes(): number {
    return this.used;
  }

  join(): MemoryShare {
    const share = new MemoryShare();
    this.shares.add(share);
    return share;
  }

  /** Gives up all that the share holds. */
  leave(share: MemoryShare): void {
    this.shares.delete(share);
    this.used -= share.reserved + share.held;
    share.reserved = 0;
    share.held = 0;
    if (this.beyond?.share === share) this.beyond = undefined;
  }

  /** Whether a read may start that brings about so much. A stream that holds nothing may always have one. */
  mayReserve(share: MemoryShare, bytes: number): boolean {
    return (
      (share.reserved === 0 && share.held === 0 && this.beyond?.share !== share) || this.fits(share, bytes)
    );
  }

  reserve(share: MemoryShare, bytes: number): Reservation {
    this.count(share, 'reserved', bytes);
    return { share, bytes, answerBytes: 0, state: 'reserved', isBeyond: false };
  }

  /** An answer has come, which is in memory whatever was reserved for it. False: the page that it becomes may take more. */
  answered(reservation: Reservation, answerBytes: number): boolean {
    reservation.answerBytes = answerBytes;
    if (expected(reservation) <= reservation.bytes) return true;
    this.enlarge(reservation, answerBytes);
    return false;
  }

  /** Reserves what is expected of the page that an answer becomes; false: it has to wait. */
  admit(reservation: Reservation): boolean {
    const { share, bytes, state } = reservation;
    if (!this.shares.has(share)) return true;
    const more = expected(reservation) - bytes;
    if (state !== 'reserved' || more <= 0) return true;
    if (this.fits(share, more)) {
      this.enlarge(reservation, bytes + more);
      return true;
    }
    if (share.held > 0 || this.beyond) return false;
    this.count(share, 'reserved', -bytes);
    reservation.isBeyond = true;
    this.beyond = reservation;
    return true;
  }

  /** The page is there; it is counted as what it takes, more or less than what was reserved. */
  hold(reservation: Reservation, bytes: number): void {
    const { share, answerBytes } = reservation;
    if (reservation.state !== 'reserved') return;
    if (!reservation.isBeyond) {
      this.count(share, 'reserved', -reservation.bytes);
      this.count(share, 'held', bytes);
    } else if (this.used + bytes <= this.limitBytes) {
      // It came to less than was expected: the place beyond the limit is another's.
      this.beyond = undefined;
      reservation.isBeyond = false;
      this.count(share, 'held', bytes);
    }
    if (answerBytes > 0) share.growth = Math.max(bytes / answerBytes, share.growth * GROWTH_KEPT);
    reservation.bytes = bytes;
    reservation.state = 'held';
  }

  /** May be called again. */
  giveUp(reservation: Reservation): void {
    const { share, state, bytes } = reservation;
    if (state === 'given up') return;
    if (this.beyond === reservation) this.beyond = undefined;
    else this.count(share, state, -bytes);
    reservation.state = 'given up';
  }

  private enlarge(reservation: Reservation, bytes: number): void {
    if (bytes <= reservation.bytes) return;
    this.count(reservation.share, 'reserved', bytes - reservation.bytes);
    reservation.bytes = bytes;
  }

  private fits(share: MemoryShare, bytes: number): boolean {
    const left = this.limitBytes - this.used - bytes;
    return left >= 0 && (this.shares.size === 1 || share.reserved + share.held + bytes <= left);
  }

  private count(share: MemoryShare, kind: 'reserved' | 'held', bytes: number): void {
    if (!this.shares.has(share)) return;
    share[kind] += bytes;
    this.used += bytes;
  }
}

/** What the page will take that an answer becomes. */
function expected({ answerBytes, share }: Reservation): number {
  return Math.ceil(answerBytes * share.growth);
}
