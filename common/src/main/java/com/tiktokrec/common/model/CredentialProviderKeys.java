package com.tiktokrec.common.model;

import com.tiktokrec.common.RunFailure;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.security.alias.CredentialProvider;
import org.apache.hadoop.security.alias.CredentialProviderFactory;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;

/**
 * Keys in a file of Hadoop's credential provider, for drivers whose environment is part of the configuration, which is
 * logged: those of YARN in cluster mode. The file is named by
 * {@code --conf spark.hadoop.hadoop.security.credential.provider.path=jceks://s3a@bucket/keys.jceks} (or
 * {@code jceks://hdfs/…}, {@code localjceks://file/…}), and who may read it, may read the keys. Spark makes a driver's
 * configuration system properties, so that no session is needed, and nothing of Hadoop is loaded where none is set.
 */
final class CredentialProviderKeys {

    private static final String PATH = CredentialProviderFactory.CREDENTIAL_PROVIDER_PATH;
    private static final String PROPERTY = "spark.hadoop." + PATH;

    private CredentialProviderKeys() {}

    /** Whether a provider is set. */
    static boolean areThere() {
        return System.getProperty(PROPERTY) != null;
    }

    /**
     * The key of this name, if the provider has it.
     *
     * @throws RunFailure exit 2 where the provider cannot be read, or is empty, as one under a wrong path is
     */
    static Optional<String> key(String name) {
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(new SparkConf());
        // Else a key in the configuration itself would do, which Spark logs and shows.
        hadoop.setBoolean(CredentialProvider.CLEAR_TEXT_FALLBACK, false);
        try {
            char[] key = hadoop.getPassword(name);
            if (key == null && isEmpty(hadoop)) {
                throw RunFailure.usage("the credential provider " + hadoop.get(PATH) + " holds no key at all: is "
                        + PROPERTY + " right? Make it with `hadoop credential create " + name + " -provider "
                        + hadoop.get(PATH) + "`, or set " + name + " in the driver's environment.");
            }
            return Optional.ofNullable(key).map(String::new);
        } catch (IOException e) {
            throw RunFailure.usage(
                    name + " is not in the environment, and the credential provider " + hadoop.get(PATH)
                            + " cannot be read: " + cause(e) + ". Look at " + PROPERTY
                            + ", at who may read the file, and at its password (HADOOP_CREDSTORE_PASSWORD, where it has"
                            + " one); or set " + name + " in the driver's environment.",
                    e);
        }
    }

    private static boolean isEmpty(Configuration hadoop) throws IOException {
        for (CredentialProvider provider : CredentialProviderFactory.getProviders(hadoop)) {
            if (!provider.getAliases().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Hadoop wraps what went wrong. */
    private static String cause(Throwable failure) {
        Throwable innermost = failure;
        while (innermost.getCause() != null) {
            innermost = innermost.getCause();
        }
        return innermost.toString();
    }
}
