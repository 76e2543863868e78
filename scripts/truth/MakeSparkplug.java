// Writes test/truth/sparkplug-tahu.json: Sparkplug payloads as the reference implementation encodes them.
//
// Fetch org.eclipse.tahu:tahu-core:1.0.13 with its dependencies (mvn dependency:copy-dependencies) and run
//   java -cp 'lib/*' scripts/truth/MakeSparkplug.java > test/truth/sparkplug-tahu.json

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.DataSet;
import org.eclipse.tahu.message.model.DataSetDataType;
import org.eclipse.tahu.message.model.File;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.PropertyDataType;
import org.eclipse.tahu.message.model.PropertySet;
import org.eclipse.tahu.message.model.PropertyValue;
import org.eclipse.tahu.message.model.Row;
import org.eclipse.tahu.message.model.SparkplugBPayload;
import org.eclipse.tahu.message.model.Template;
import org.eclipse.tahu.message.model.Value;

public class MakeSparkplug {
  static final Date AT = new Date(1_700_000_000_123L);
  static final List<String> cases = new ArrayList<>();

  static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) text.append(String.format("%02x", b));
    return text.toString();
  }

  static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  static void encode(String name, Metric metric, String expected) throws Exception {
    SparkplugBPayload payload = new SparkplugBPayload.SparkplugBPayloadBuilder()
        .setTimestamp(AT).setSeq(7L).addMetric(metric).createPayload();
    byte[] bytes = new SparkplugBPayloadEncoder().getBytes(payload, false);
    cases.add(String.format("{\"name\":%s,\"hex\":\"%s\",\"expected\":%s}", quoted(name), hex(bytes), expected));
  }

  static void plain(MetricDataType type, Object value, String expected) throws Exception {
    Metric metric = new Metric.MetricBuilder("m", type, value).alias(9L).timestamp(AT).createMetric();
    encode(type + " " + expected, metric, expected);
  }

  public static void main(String[] args) throws Exception {
    for (byte v : new byte[] {0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE}) plain(MetricDataType.Int8, v, "" + v);
    for (short v : new short[] {0, -1, Short.MIN_VALUE, Short.MAX_VALUE}) plain(MetricDataType.Int16, v, "" + v);
    for (int v : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) plain(MetricDataType.Int32, v, "" + v);
    for (long v : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) plain(MetricDataType.Int64, v, "\"" + v + "\"");
    for (short v : new short[] {0, 255}) plain(MetricDataType.UInt8, v, "" + v);
    for (int v : new int[] {0, 65535}) plain(MetricDataType.UInt16, v, "" + v);
    for (long v : new long[] {0, 4294967295L}) plain(MetricDataType.UInt32, v, "" + v);
    for (String v : new String[] {"0", "9223372036854775808", "18446744073709551615"}) {
      plain(MetricDataType.UInt64, new BigInteger(v), "\"" + v + "\"");
    }
    plain(MetricDataType.Float, 0.5f, "0.5");
    plain(MetricDataType.Double, 0.1, "0.1");
    plain(MetricDataType.Boolean, true, "true");
    plain(MetricDataType.Boolean, false, "false");
    plain(MetricDataType.String, "Grüße 🤖", "\"Grüße 🤖\"");
    plain(MetricDataType.Text, "", "\"\"");
    plain(MetricDataType.UUID, "a0ee", "\"a0ee\"");
    plain(MetricDataType.DateTime, AT, "1700000000123");
    plain(MetricDataType.Bytes, new byte[] {0, -1}, "\"00ff\"");
    plain(MetricDataType.File, new File("f.bin", new byte[] {1}), "\"01\"");
    plain(MetricDataType.Int8Array, new Byte[] {-1, 5}, "\"[-1,5]\"");
    plain(MetricDataType.Int16Array, new Short[] {-2, 5}, "\"[-2,5]\"");
    plain(MetricDataType.Int32Array, new Integer[] {-3, 5}, "\"[-3,5]\"");
    plain(MetricDataType.Int64Array, new Long[] {Long.MIN_VALUE, 5L}, "\"[\\\"-9223372036854775808\\\",\\\"5\\\"]\"");
    plain(MetricDataType.UInt8Array, new Short[] {255, 5}, "\"[255,5]\"");
    plain(MetricDataType.UInt16Array, new Integer[] {65535, 5}, "\"[65535,5]\"");
    plain(MetricDataType.UInt32Array, new Long[] {4294967295L, 5L}, "\"[4294967295,5]\"");
    plain(MetricDataType.UInt64Array, new BigInteger[] {new BigInteger("18446744073709551615")},
        "\"[\\\"18446744073709551615\\\"]\"");
    plain(MetricDataType.FloatArray, new Float[] {0.5f, -2f}, "\"[0.5,-2]\"");
    plain(MetricDataType.DoubleArray, new Double[] {0.1, 2d}, "\"[0.1,2]\"");
    plain(MetricDataType.BooleanArray, new Boolean[] {true, false, true, true, false, false, false, false, true},
        "\"[true,false,true,true,false,false,false,false,true]\"");
    plain(MetricDataType.StringArray, new String[] {"a", "ß"}, "\"[\\\"a\\\",\\\"ß\\\"]\"");
    plain(MetricDataType.DateTimeArray, new Date[] {AT}, "\"[1700000000123]\"");

    DataSet table = new DataSet.DataSetBuilder(2).addColumnNames(List.of("a", "b"))
        .addTypes(List.of(DataSetDataType.Int32, DataSetDataType.String))
        .addRow(new Row.RowBuilder().addValue(new Value<>(DataSetDataType.Int32, -1))
            .addValue(new Value<>(DataSetDataType.String, "x")).createRow())
        .createDataSet();
    encode("DataSet", new Metric.MetricBuilder("m", MetricDataType.DataSet, table).createMetric(), "null");
    Template template = new Template.TemplateBuilder().version("1").definition(true)
        .addMetric(new Metric.MetricBuilder("inner", MetricDataType.Int32, 5).createMetric()).createTemplate();
    encode("Template", new Metric.MetricBuilder("m", MetricDataType.Template, template).createMetric(), "null");
    PropertySet inner = new PropertySet.PropertySetBuilder()
        .addProperty("x", new PropertyValue(PropertyDataType.Int32, 1)).createPropertySet();
    PropertySet properties = new PropertySet.PropertySetBuilder()
        .addProperty("engUnit", new PropertyValue(PropertyDataType.String, "°C"))
        .addProperty("Quality", new PropertyValue(PropertyDataType.Int32, 192))
        .addProperty("nested", new PropertyValue(PropertyDataType.PropertySet, inner)).createPropertySet();
    encode("with properties", new Metric.MetricBuilder("m", MetricDataType.Int32, -5).properties(properties)
        .isHistorical(true).createMetric(), "-5");

    System.out.println("{\"made by\":\"scripts/truth/MakeSparkplug.java\",\"tahu-core\":\"1.0.13\",\"cases\":[\n"
        + String.join(",\n", cases) + "\n]}");
  }
}
