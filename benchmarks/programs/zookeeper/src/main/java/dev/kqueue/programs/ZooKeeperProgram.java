package dev.kqueue.programs;

import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.ZooKeeperServer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** ZooKeeper's NIO server and client: writes and reads a node. */
public final class ZooKeeperProgram implements Program {
    private final NIOServerCnxnFactory factory = new NIOServerCnxnFactory();
    private int clients;

    @Override
    public void start() throws Exception {
        Path folder = Files.createTempDirectory("zookeeper");
        factory.configure(new InetSocketAddress("localhost", 0), 100);
        factory.startup(new ZooKeeperServer(folder.toFile(), folder.toFile(), 2000));
    }

    @Override
    public Client connect() throws Exception {
        CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client =
                new ZooKeeper(
                        "localhost:" + factory.getLocalPort(),
                        30_000,
                        event -> {
                            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) {
                                connected.countDown();
                            }
                        });
        if (!connected.await(30, TimeUnit.SECONDS)) {
            throw new IOException("not connected after 30 seconds");
        }
        String node = "/client" + clients++;
        client.create(node, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        return new Client() {
            @Override
            public void request(int number) throws Exception {
                if (number % 10 == 0) {
                    client.setData(node, new byte[number % 100], -1);
                } else if (client.getData(node, false, null).length >= 100) {
                    throw new IOException("data that was not written");
                }
            }

            @Override
            public void close() throws Exception {
                client.close();
            }
        };
    }

    @Override
    public Class<?> versionOf() {
        return ZooKeeper.class;
    }

    @Override
    public void close() {
        factory.shutdown();
    }
}
