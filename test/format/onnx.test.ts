import t from 'tap';
import { encodeOnnx } from '../../lib/format/onnx.js';

t.test('an ONNX file, byte by byte', async (t) => {
  const bytes = encodeOnnx({
    nodes: [{ op: 'Relu', inputs: ['x'], output: 'y', attributes: { a: 200, b: [1] } }],
    tensors: new Map([['w', { shape: [1], data: Float32Array.of(1) }]]),
    input: { name: 'x', shape: [2] },
    output: { name: 'y', shape: ['n'] },
  });
  const node = '0a24 0a0178 120179 1a0179 220452656c75 2a09 0a0161 18c801 a00102 2a08 0a0162 4001 a00107';
  const tensor = '2a0d 0801 1001 420177 4a04 0000803f';
  const [two, any] = ['120a 0a08 0801 1204 0a02 0802', '120b 0a09 0801 1205 0a03 12016e'];
  const graph = `3a61 ${node} 1207 6e6574776f726b ${tensor} 5a0f 0a0178 ${two} 6210 0a0179 ${any}`;
  const producer = '120c 7370696b696e672d756e6574';
  t.equal(Buffer.from(bytes).toString('hex'), `0807 ${producer} ${graph} 4204 0a00 100d`.replaceAll(' ', ''));
});
