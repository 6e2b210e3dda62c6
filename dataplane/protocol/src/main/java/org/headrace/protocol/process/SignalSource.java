package org.headrace.protocol.process;

import java.lang.reflect.Proxy;

/**
 * Signals of the operating system. The JDK has them in a package of its own only, whose use the compiler warns of; so
 * it is found at run time, as Agrona does it.
 */
public final class SignalSource
{
    private SignalSource()
    {
    }

    /**
     * Runs the handler, on a thread of the JVM, whenever the signal comes, in place of what the JVM would do.
     *
     * @param name    without SIG: TERM, INT, HUP.
     * @param handler must not wait; without effect if the JVM forbids handlers.
     */
    public static void handle(final String name, final Runnable handler)
    {
        try
        {
            final Class<?> signalType = Class.forName("sun.misc.Signal");
            final Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            final Object signal = signalType.getConstructor(String.class).newInstance(name);
            final Object proxy = Proxy.newProxyInstance(handlerType.getClassLoader(), new Class<?>[]{handlerType},
                (self, method, arguments) -> switch (method.getName())
                {
                    case "handle" ->
                    {
                        handler.run();
                        yield null;
                    }
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> "handler of " + name;
                });
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, proxy);
        }
        catch (final ReflectiveOperationException ex)
        {
            System.err.println("headrace: signal " + name + " has no handler: " + ex);
        }
    }
}
