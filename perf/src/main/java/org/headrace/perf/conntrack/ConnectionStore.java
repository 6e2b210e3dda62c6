package org.headrace.perf.conntrack;

/**
 * What a balancer asks of its connections, for as many packets or connections as the array is long: 64, as from a
 * driver's ring, or one. Each connection is findable by both directions' tuples.
 *
 * <p>A packet is a connection's number times two, plus one for the reply direction.
 */
interface ConnectionStore extends AutoCloseable
{
    /**
     * Finds each packet's connection and counts the packet in it.
     *
     * @param packets to look for.
     * @return how many were found.
     */
    int onPackets(long[] packets);

    /** @param numbers of connections to be made; none of them is there. */
    void insert(long[] numbers);

    /** @param numbers of connections to be removed; all of them are there. */
    void remove(long[] numbers);

    /**
     * Removes the oldest connections because their time is up. A store without an order of expiry is told which they
     * are: finding them is not measured.
     *
     * @param oldest number of the oldest connection; those that follow it were made after it.
     * @param count  how many.
     */
    void expire(long oldest, int count);

    /** @param count of connections that were inserted: so much time goes by that as many of the oldest may expire. */
    void age(int count);

    /** @return bytes of memory in use. */
    long memoryBytes();

    @Override
    void close();
}
