/** Size of a page relative to its answer, until the stream's first page shows it. */
const FIRST_GROWTH = 3;
/** A smaller growth is adopted only slowly, as the next page may be as large again. */
const GROWTH_KEPT = 0.9;

/** One stream's share of the memory for pages, in bytes. */
export class MemoryShare {
  /** Reserved by reads under way, and by answers not yet turned into pages. */
  reserved = 0;
  /** Pages that are queued, or taken and not applied yet. */
  held = 0;
  /** Size of its pages relative to their answers. */
  growth = FIRST_GROWTH;
}

/** Part of a share: for one read, then for its page. */
export interface Reservation {
  readonly share: MemoryShare;
  bytes: number;
  /** Size of the answer; 0 until it has arrived. */
  answerBytes: number;
  state: 'reserved' | 'held' | 'given up';
  /** Not counted against the limit: see `PageMemory`. */
  isBeyond: boolean;
}

/**
 * Accounts for the memory of pages that were read and not applied yet, over all streams of the process. Without I/O.
 *
 * A single stream may use all of it. Of several, each may hold as much as is still free after that: half of it if the others
 * need nothing. So a stream whose destination takes nothing never keeps the others from reading. A larger page is admitted when its
 * stream holds no other, one such page at a time: so at most one page is beyond the limit.
 */
export class PageMemory {
  private readonly shares = new Set<MemoryShare>();
  private used = 0;
  private beyond: Reservation | undefined;

  constructor(private readonly limitBytes: number) {}

  /** Bytes in use or reserved, without the page beyond the limit. */
  get usedBytes(): number {
    return this.used;
  }

  join(): MemoryShare {
    const share = new MemoryShare();
    this.shares.add(share);
    return share;
  }

  /** Releases everything that the share holds. */
  leave(share: MemoryShare): void {
    this.shares.delete(share);
    this.used -= share.reserved + share.held;
    share.reserved = 0;
    share.held = 0;
    if (this.beyond?.share === share) this.beyond = undefined;
  }

  /** Whether a read of about `bytes` may start. A stream that holds nothing may always start one. */
  mayReserve(share: MemoryShare, bytes: number): boolean {
    return (
      (share.reserved === 0 && share.held === 0 && this.beyond?.share !== share) || this.fits(share, bytes)
    );
  }

  reserve(share: MemoryShare, bytes: number): Reservation {
    this.count(share, 'reserved', bytes);
    return { share, bytes, answerBytes: 0, state: 'reserved', isBeyond: false };
  }

  /** An answer has arrived and counts in full, whatever was reserved. Returns false if its page may need more than is reserved. */
  answered(reservation: Reservation, answerBytes: number): boolean {
    reservation.answerBytes = answerBytes;
    if (expected(reservation) <= reservation.bytes) return true;
    this.enlarge(reservation, answerBytes);
    return false;
  }

  /** Reserves the expected size of an answer's page. Returns false if it has to wait. */
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

  /** The page exists now: counts its actual bytes instead of the reserved ones. */
  hold(reservation: Reservation, bytes: number): void {
    const { share, answerBytes } = reservation;
    if (reservation.state !== 'reserved') return;
    if (!reservation.isBeyond) {
      this.count(share, 'reserved', -reservation.bytes);
      this.count(share, 'held', bytes);
    } else if (this.used + bytes <= this.limitBytes) {
      // Smaller than expected: it fits after all, and another page may be beyond the limit.
      this.beyond = undefined;
      reservation.isBeyond = false;
      this.count(share, 'held', bytes);
    }
    if (answerBytes > 0) share.growth = Math.max(bytes / answerBytes, share.growth * GROWTH_KEPT);
    reservation.bytes = bytes;
    reservation.state = 'held';
  }

  /** Further calls do nothing. */
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

/** The expected bytes of an answer's page. */
function expected({ answerBytes, share }: Reservation): number {
  return Math.ceil(answerBytes * share.growth);
}
