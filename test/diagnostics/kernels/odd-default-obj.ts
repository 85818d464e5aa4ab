export default { name: 'a', dataflow() {} };
