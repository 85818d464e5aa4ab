import onnxProto from 'onnx-proto';

// A CommonJS package whose names Node cannot see: only its default export can be imported.
export const { onnx: schema } = onnxProto;
