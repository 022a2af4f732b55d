package dev.kqueue.programs;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;

import java.io.IOException;

/** Two members of Hazelcast: half of the keys are on the other member, and are asked for through a socket. */
public final class HazelcastProgram implements Program {
    private HazelcastInstance first;
    private HazelcastInstance second;

    private static Config config() {
        Config config = new Config();
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.logging.type", "none");
        config.getNetworkConfig().getInterfaces().setEnabled(true).addInterface("127.0.0.1");
        config.getNetworkConfig().getJoin().getAutoDetectionConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getMulticastConfig().setEnabled(false);
        config.getNetworkConfig().getJoin().getTcpIpConfig().setEnabled(true).addMember("127.0.0.1");
        return config;
    }

    @Override
    public void start() throws Exception {
        first = Hazelcast.newHazelcastInstance(config());
        second = Hazelcast.newHazelcastInstance(config());
        if (first.getCluster().getMembers().size() != 2) {
            throw new IOException("the two members have not found each other");
        }
    }

    @Override
    public Client connect() {
        IMap<Integer, Integer> map = first.getMap("numbers");
        return new Client() {
            @Override
            public void request(int number) throws Exception {
                map.set(number, number);
                if (map.get(number) != number) {
                    throw new IOException("another value than was set");
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Class<?> versionOf() {
        return Hazelcast.class;
    }

    @Override
    public void close() {
        second.shutdown();
        first.shutdown();
    }
}
