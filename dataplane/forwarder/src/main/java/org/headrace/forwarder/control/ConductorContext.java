package org.headrace.forwarder.control;

import org.agrona.concurrent.EpochClock;
import org.headrace.conntrack.IdleTimeouts;
import org.headrace.protocol.ControlResponseProxy;
import org.headrace.protocol.counters.CountersFile;

import java.io.PrintStream;
import java.util.List;

/**
 * What the conductor works with.
 *
 * @param clock        milliseconds since 1970.
 * @param epoch        random number of this data plane process.
 * @param requests     of the agent.
 * @param responses    to the agent.
 * @param counters     file that the conductor describes services and servers in.
 * @param workers      in order.
 * @param configuration what is in force.
 * @param timeouts      that the workers read.
 * @param log          one line per event.
 */
public record ConductorContext(
    EpochClock clock,
    long epoch,
    RequestSource requests,
    ControlResponseProxy responses,
    CountersFile counters,
    List<? extends WorkerLink> workers,
    ConfigurationInForce configuration,
    IdleTimeouts timeouts,
    PrintStream log)
{
}
