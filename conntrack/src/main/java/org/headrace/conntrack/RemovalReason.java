package org.headrace.conntrack;

/** Why a connection left the table. */
public enum RemovalReason
{
    /** Nothing was seen for as long as its state allows. */
    EXPIRED,
    /** The table was full, and this one was the oldest of those that may go. */
    EVICTED,
    /** The owner of the table asked for it. */
    REMOVED
}
