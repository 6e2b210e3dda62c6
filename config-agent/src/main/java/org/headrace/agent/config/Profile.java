package org.headrace.agent.config;

/** The stricter rules of one cloud's product, which an instance may opt in to. */
enum Profile
{
    NONE(1, 0, ServerConfig.MAX_WEIGHT, Integer.MAX_VALUE, -1),
    ALIBABA(100, 1, 100, 50, -1),
    TENCENT(1, 0, ServerConfig.MAX_WEIGHT, 50, -1),
    HUAWEI(1, 0, ServerConfig.MAX_WEIGHT, 50, -1),
    KINGSOFT(1, 0, ServerConfig.MAX_WEIGHT, 50, 445);

    private final int defaultWeight;
    private final int minWeight;
    private final int maxWeight;
    private final int maxListeners;
    private final int reservedPort;

    Profile(
        final int defaultWeight,
        final int minWeight,
        final int maxWeight,
        final int maxListeners,
        final int reservedPort)
    {
        this.defaultWeight = defaultWeight;
        this.minWeight = minWeight;
        this.maxWeight = maxWeight;
        this.maxListeners = maxListeners;
        this.reservedPort = reservedPort;
    }

    int defaultWeight()
    {
        return defaultWeight;
    }

    int minWeight()
    {
        return minWeight;
    }

    int maxWeight()
    {
        return maxWeight;
    }

    int maxListeners()
    {
        return maxListeners;
    }

    boolean isReserved(final int port)
    {
        return port == reservedPort;
    }
}
