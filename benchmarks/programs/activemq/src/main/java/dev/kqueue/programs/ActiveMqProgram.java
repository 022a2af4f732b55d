package dev.kqueue.programs;

import jakarta.jms.Connection;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;

import org.apache.activemq.ActiveMQConnectionFactory;
import org.apache.activemq.broker.BrokerService;

import java.io.IOException;

/** ActiveMQ's nio transport: each request sends a message and receives it. */
public final class ActiveMqProgram implements Program {
    private final BrokerService broker = new BrokerService();
    private String address;
    private int clients;

    @Override
    public void start() throws Exception {
        broker.setPersistent(false);
        broker.setUseJmx(false);
        broker.addConnector("nio://localhost:0");
        broker.start();
        broker.waitUntilStarted();
        address = broker.getTransportConnectors().getFirst().getConnectUri().toString();
    }

    @Override
    public Client connect() throws Exception {
        Connection connection = new ActiveMQConnectionFactory(address).createConnection();
        connection.start();
        Session session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
        Queue queue = session.createQueue("queue" + clients++);
        MessageProducer producer = session.createProducer(queue);
        MessageConsumer consumer = session.createConsumer(queue);
        return new Client() {
            @Override
            public void request(int number) throws Exception {
                producer.send(session.createTextMessage("message " + number));
                TextMessage message = (TextMessage) consumer.receive(10_000);
                if (message == null || !message.getText().equals("message " + number)) {
                    throw new IOException("received " + message);
                }
            }

            @Override
            public void close() throws Exception {
                connection.close();
            }
        };
    }

    @Override
    public Class<?> versionOf() {
        return BrokerService.class;
    }

    @Override
    public void close() throws Exception {
        broker.stop();
    }
}
