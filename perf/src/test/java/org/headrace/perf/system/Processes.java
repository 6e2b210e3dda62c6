package org.headrace.perf.system;

import org.headrace.perf.lab.Command;
import org.headrace.perf.lab.HeadraceInstance;
import org.headrace.perf.lab.LabException;

import java.util.List;

/**
 * The processes of a running Headrace, found below the one that the test has started.
 */
final class Processes
{
    private static final String AGENT = "HeadraceTool agent ";
    private static final String DATA_PLANE = "org.headrace.forwarder.DataPlane";

    private Processes()
    {
    }

    static ProcessHandle agent(final HeadraceInstance headrace)
    {
        return child(headrace, AGENT);
    }

    static ProcessHandle dataPlane(final HeadraceInstance headrace)
    {
        return child(headrace, DATA_PLANE);
    }

    /** Sends SIGHUP, for which Java has no method. */
    static void hangUp(final long pid)
    {
        Command.check(List.of("kill", "-HUP", Long.toString(pid)));
    }

    private static ProcessHandle child(final HeadraceInstance headrace, final String mark)
    {
        final ProcessHandle parent = ProcessHandle.of(headrace.process().pid()).orElseThrow();
        return parent.descendants()
            .filter(process -> process.info().commandLine().orElse("").contains(mark))
            .findFirst().orElseThrow(() -> new LabException("no " + mark + " below " + parent.pid() + ": " +
                parent.descendants().map(process -> process.info().commandLine().orElse("?")).toList()));
    }
}
