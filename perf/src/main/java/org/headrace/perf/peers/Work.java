package org.headrace.perf.peers;

/** Something that peers are put to and that comes out as figures. */
interface Work
{
    /** @return what people see while it runs. */
    String title();

    /** @param pace of the run. @return seconds that it takes one peer. */
    double seconds(Pace pace);

    /** @param turn of one peer; takes the figures. */
    void measure(Turn turn);
}
