package org.headrace.agent.cli;

import org.headrace.agent.config.Units;
import org.headrace.agent.control.ControlRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code ctl connections}: prints page by page, so that ten million need no more memory than ten. */
@Command(
    name = "connections",
    description = "Connections that fit all given conditions; asks the data plane through the agent.")
final class CtlConnections implements Runnable
{
    private static final int DEFAULT_LIMIT = 100;

    @ParentCommand
    private CtlCommand ctl;

    @Option(names = "--limit", paramLabel = "N", description = "Most connections to show (default: 100).")
    private Long limit;

    @Option(names = "--all", description = "Show all, however many.")
    private boolean isAll;

    @Option(names = "--count", description = "Only say how many there are.")
    private boolean isCount;

    @Option(names = "--protocol", paramLabel = "PROTOCOL", description = "Only tcp, or only udp.")
    private String protocol;

    @Option(names = "--service", paramLabel = "SERVICE", description = "Only those of this service.")
    private String service;

    @Option(
        names = "--client",
        paramLabel = "CLIENT",
        description = "Only those of ADDRESS, ADDRESS:PORT or PREFIX (10.1.0.0/16).")
    private String client;

    @Option(names = "--server", paramLabel = "SERVER", description = "Only those to ADDRESS or ADDRESS:PORT.")
    private String server;

    @Option(
        names = "--state",
        paramLabel = "STATE[,STATE]",
        description = "Only those in one of these states, as in ESTABLISHED,SYN_RECV.")
    private String state;

    @Option(names = "--idle-longer", paramLabel = "TIME", description = "Only those idle for at least 500ms, 5s, 1m.")
    private String idleLonger;

    @Option(names = "--idle-shorter", paramLabel = "TIME", description = "Only those idle for at most that long.")
    private String idleShorter;

    private boolean hasPrinted;

    @Override
    public void run()
    {
        try (ConnectionPages pages = new ConnectionPages(ctl.agent(), filter(), wanted()))
        {
            if (isCount)
            {
                count(pages);
            }
            else if (ctl.isJson())
            {
                printJson(pages);
            }
            else
            {
                printTable(pages);
            }
        }
    }

    private void count(final ConnectionPages pages)
    {
        long count = 0;
        while (pages.hasNext())
        {
            count += pages.next().matched();
        }
        ctl.out().println(ctl.isJson() ? "{\"count\": " + count + "}" : count);
        ctl.out().flush();
    }

    /** One array, as of all views, with one connection on a line. */
    private void printJson(final ConnectionPages pages)
    {
        while (pages.hasNext())
        {
            final StringBuilder lines = new StringBuilder();
            final ConnectionPage page = pages.next();
            page.appendJson(lines, !hasPrinted);
            hasPrinted |= page.size() > 0;
            if (!ctl.print(lines.toString()))
            {
                return;
            }
        }
        ctl.print(hasPrinted ? "\n]\n" : "[]\n");
    }

    private void printTable(final ConnectionPages pages)
    {
        final TextTable table = new TextTable("PROTO", "CLIENT", "VIRTUAL", "SERVER", "STATE", "IDLE>", "EXPIRES>",
            "IN-PKTS>", "OUT-PKTS>", "IN-BYTES>", "OUT-BYTES>", "WORKER>");
        boolean hasMore = false;
        while (pages.hasNext())
        {
            final ConnectionPage page = pages.next();
            page.addTo(table);
            hasMore = page.nextCursor() != 0;
            if ((page.size() > 0 || !pages.hasNext()) && !ctl.print(table.takeRows()))
            {
                return;
            }
        }
        if (hasMore)
        {
            ctl.print("(there may be more: --limit N or --all)\n");
        }
    }

    private long wanted()
    {
        if (isCount || isAll)
        {
            if (limit != null || isCount && isAll)
            {
                throw CommandException.failed("only one of --limit, --all and --count may be given");
            }
            return isCount ? 0 : Long.MAX_VALUE;
        }
        if (limit != null && limit < 1)
        {
            throw CommandException.failed("limit=" + limit + " < MIN_LIMIT=1");
        }
        return limit == null ? DEFAULT_LIMIT : limit;
    }

    private ControlRequest.Filter filter()
    {
        return new ControlRequest.Filter(protocol, service, client, server, state,
            idleMs("idle-longer", idleLonger), idleMs("idle-shorter", idleShorter));
    }

    private static Long idleMs(final String name, final String text)
    {
        if (text == null)
        {
            return null;
        }
        final long idleMs = Units.parseDurationMs(text);
        if (idleMs < 0)
        {
            throw CommandException.failed(name + "=" + text + " is no time (as in 500ms, 5s, 1m, 1h)");
        }
        return idleMs;
    }
}
