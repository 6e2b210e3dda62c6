package org.headrace.protocol;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;

/** Makes listeners that write every call as one line of text. */
final class RecordingListener
{
    private RecordingListener()
    {
    }

    static <T> T of(final Class<T> type, final List<String> calls)
    {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[]{type},
            (proxy, method, arguments) ->
            {
                final String text = Arrays.toString(arguments);
                calls.add(method.getName() + "(" + text.substring(1, text.length() - 1) + ")");
                return null;
            }));
    }
}
