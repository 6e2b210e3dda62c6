package org.headrace.perf.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code wrk} printed at its end.
 *
 * @param requests     answered.
 * @param socketErrors connections refused or reset, reads and writes that failed, and time-outs.
 * @param badStatus    answers other than 2xx and 3xx.
 * @param perSecond    answers per second.
 */
public record WrkReport(long requests, long socketErrors, long badStatus, double perSecond)
{
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in ");
    private static final Pattern PER_SECOND = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern ERRORS =
        Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern BAD_STATUS = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");

    /**
     * @param output of wrk.
     * @return its figures.
     * @throws IllegalArgumentException if there are none.
     */
    public static WrkReport parse(final String output)
    {
        final Matcher requests = REQUESTS.matcher(output);
        final Matcher perSecond = PER_SECOND.matcher(output);
        if (!requests.find() || !perSecond.find())
        {
            throw new IllegalArgumentException("no report of wrk:\n" + output);
        }
        final Matcher errors = ERRORS.matcher(output);
        long socketErrors = 0;
        if (errors.find())
        {
            for (int group = 1; group <= errors.groupCount(); group++)
            {
                socketErrors += Long.parseLong(errors.group(group));
            }
        }
        final Matcher badStatus = BAD_STATUS.matcher(output);
        return new WrkReport(Long.parseLong(requests.group(1)), socketErrors,
            badStatus.find() ? Long.parseLong(badStatus.group(1)) : 0, Double.parseDouble(perSecond.group(1)));
    }

    /** @return requests without a right answer. */
    public long failed()
    {
        return socketErrors + badStatus;
    }
}
