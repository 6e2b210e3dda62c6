package org.headrace.conntrack;

/**
 * What was found and mended when a table was attached, for the log.
 *
 * @param epoch            owners so far, this one included: 2 after the first restart.
 * @param formerOwnerPid   process that had the table before.
 * @param torn             what it was in the middle of.
 * @param tornIndex        the connection this was about, or -1.
 * @param connections      live connections, those overdue included.
 * @param overdue          of these, how many have been idle for longer than they may: the next expiry takes them.
 * @param correctedCounts  counts in the header that were wrong: size, by state, statistics.
 * @param correctedTimes   connections whose last packet was out of the clock's range, and was brought to its edge.
 * @param isIndexRebuilt   whether the tuple index did not fit the connections and was made anew; no kill explains that.
 * @param silentMs         milliseconds between the former owner's last expiry and now.
 */
public record AttachReport(
    long epoch,
    long formerOwnerPid,
    TornOperation torn,
    int tornIndex,
    int connections,
    int overdue,
    int correctedCounts,
    int correctedTimes,
    boolean isIndexRebuilt,
    long silentMs)
{
}
