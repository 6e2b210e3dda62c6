package org.headrace.perf.stress;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The generation protocol between a table's writer and a reader, while a place is given up and used again.
 *
 * <p>All states share one table: the actors of a kind run one after the other, on one thread.
 */
@JCStressTest
@Description("A reader never sees a connection that is mixed of two.")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "no connection, or it changed while it was copied")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one whole connection")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "parts of two connections")
@State
public class ReaderStress
{
    private static final Churn CHURN = new Churn();

    /** Removes a connection and inserts the next one in its place. */
    @Actor
    public void write()
    {
        CHURN.next();
    }

    /** @param result of a read in the middle of it. */
    @Actor
    public void read(final I_Result result)
    {
        result.r1 = CHURN.read();
    }
}
